#!/usr/bin/env node
// Runs turnout.ts as it stands in the checkout: tsx compiles in memory, nothing is built before.
require('tsx/cjs');
require('./turnout.ts');
