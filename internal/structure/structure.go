// Package structure holds the tests of the tree itself: who may import whom, who may name which table, what SQL
// looks like on both databases, how tables are made, where the time comes from, that every verb asks for
// permission, and that every message is there in both languages.
//
// A rule that no test holds is a wish. The exceptions stand in the tests, each with its reason.
package structure
