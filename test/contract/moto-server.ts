import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Starts moto on a free port of loopback. It ends with us, whatever becomes of us. */
export async function startMoto(): Promise<{ endpoint: string; close(): Promise<void> }> {
  const child = spawn('python3', [join(__dirname, 'moto-server.py')], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const [port] = await Promise.race([
    once(child.stdout, 'data'),
    exited.then(([status]) => Promise.reject(new Error(`moto ended at once with ${status}`))),
  ]);
  return {
    endpoint: `http://127.0.0.1:${String(port).trim()}`,
    async close() {
      child.kill();
      await exited;
    },
  };
}
