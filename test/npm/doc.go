// Package npm holds what this program signs against a verifier that isn't ours: the packages of package.json, run by
// Node. need.sh installs them; where there's no Node the test is skipped loudly.
package npm
