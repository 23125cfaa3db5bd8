// Starts the proof of work with its solver in a worker of ours: no other host, nothing inline.
import 'asset:vendor/altcha.js';
import 'asset:vendor/altcha-zh.js';
$altcha.algorithms.set('PBKDF2/SHA-256', () => new Worker('asset:vendor/altcha-pbkdf2.js'));
