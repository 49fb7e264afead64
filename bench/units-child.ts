/** `node child.js PLAN`: plays the plan in a process of its own and prints what was counted. */
import { type UnitsPlan, playUnits } from './units-play';

playUnits(JSON.parse(process.argv[2]!) as UnitsPlan).then(
  (answer) =>
    void process.stdout.write(JSON.stringify({ answer, wallMs: 0, cpuMs: 0 }), () =>
      process.exit(),
    ),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
