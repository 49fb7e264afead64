// Begins a thread of `turnout recount`; see recount-worker.ts.
require('tsx/cjs');
require('./recount-worker.ts');
