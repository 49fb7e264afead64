import {
  type LambdaEnvironment,
  type LambdaSettings,
  type OnLogLine,
  startEnvironment,
} from './lambda-environment';

export interface LambdaOptions extends LambdaSettings {
  /** Environments at the same time; an invocation above that waits for one. */
  readonly environmentsMax: number;
  readonly onLogLine?: OnLogLine;
}

/** A function, and its environments, which are made as they are needed. */
export interface LambdaFunction {
  invoke(event: unknown): Promise<unknown>;
  /** Process ids of the environments that are loaded. */
  pids(): number[];
  /** Ends all environments; what is under way rejects, and so does what is still asked. */
  stop(): Promise<void>;
}

/**
 * Runs a bundled handler as Lambda would: each environment is a child process that handles one event at
 * a time and is used again; one that throws stays, one that runs out of time or ends is replaced by the
 * next invocation. Children end with their parent, however it ends; only a handler in an endless loop
 * without await would outlive it.
 */
export function makeFunction({
  environmentsMax,
  onLogLine = () => undefined,
  ...settings
}: LambdaOptions): LambdaFunction {
  const all = new Set<LambdaEnvironment>();
  /** The last used comes first: the others may stay cold. */
  const idle: LambdaEnvironment[] = [];
  const waiting: (() => void)[] = [];
  const starting = new Set<Promise<unknown>>();
  let busy = 0;
  let isStopped = false;

  async function take(): Promise<LambdaEnvironment> {
    for (let found = idle.pop(); found !== undefined; found = idle.pop()) {
      if (found.isAlive()) return found;
      all.delete(found);
    }
    const start = startEnvironment(settings, onLogLine);
    starting.add(start);
    try {
      const made = await start;
      all.add(made);
      return made;
    } finally {
      starting.delete(start);
    }
  }

  async function invokeNow(event: unknown): Promise<unknown> {
    const environment = await take();
    if (isStopped) throw new Error(`${settings.name} is stopped`);
    try {
      return await environment.invoke(event);
    } finally {
      if (environment.isAlive()) idle.push(environment);
      else all.delete(environment);
    }
  }

  return {
    pids: () => [...all].filter((one) => one.isAlive()).map(({ pid }) => pid),
    async invoke(event) {
      if (busy >= environmentsMax) await new Promise<void>((go) => waiting.push(go));
      else busy += 1;
      // Whoever waited has taken over the place of the one that ended.
      try {
        if (isStopped) throw new Error(`${settings.name} is stopped`);
        return await invokeNow(event);
      } finally {
        const next = waiting.shift();
        if (next === undefined) busy -= 1;
        else next();
      }
    },
    async stop() {
      isStopped = true;
      await Promise.allSettled(starting);
      await Promise.all([...all].map((environment) => environment.stop()));
      all.clear();
    },
  };
}
