/**
 * Globs of paths: `*` stands for any characters of one directory, `**` for any characters, and
 * `/**` + `/` also for a single slash, so that a glob for a tree finds files at its top as well.
 * All else stands for itself, as logged and case-sensitive.
 *
 * Paths come from strangers. A regular expression with several stars backtracks, which is minutes
 * for a hostile path of 8 KB; this walks once along the path with the set of reachable states, so
 * the price is at most path length x glob length.
 */
export function makeGlob(glob: string): (path: string) => boolean {
  const first = glob.indexOf('*');
  if (first === -1) return (path) => path === glob;
  const head = glob.slice(0, first);
  const tail = glob.slice(glob.lastIndexOf('*') + 1);
  const affixed = (path: string) =>
    path.length >= head.length + tail.length && path.startsWith(head) && path.endsWith(tail);

  const middle = glob.slice(first, glob.length - tail.length);
  // The usual globs hold one wildcard and need no walk.
  if (middle === '*') {
    return (path) => {
      if (!affixed(path)) return false;
      const slash = path.indexOf('/', head.length);
      return slash === -1 || slash >= path.length - tail.length;
    };
  }
  if (middle === '**' && !isTreeAt(glob, first)) return affixed;

  const walk = makeWalk(statesOf(glob));
  // A tree may stand for nothing, and then the slash before it is the one behind it.
  const charsMin = head.length + tail.length - 1;
  return (path) =>
    path.length >= charsMin && path.startsWith(head) && path.endsWith(tail) && walk(path);
}

/** States that are not a literal; literals are char codes, which are never negative. */
const STAR = -1;
const ACROSS = -2;
/** A tree is two states: its gate may be skipped, its body ends with a slash. */
const TREE_GATE = -3;
const TREE_BODY = -4;
const SLASH = 47;

function isTreeAt(glob: string, n: number): boolean {
  return glob.startsWith('**/', n) && (n === 0 || glob[n - 1] === '/');
}

function statesOf(glob: string): Int32Array {
  const states: number[] = [];
  for (let n = 0; n < glob.length; n += 1) {
    if (isTreeAt(glob, n)) {
      states.push(TREE_GATE, TREE_BODY);
      n += 2;
    } else if (glob[n] !== '*') {
      states.push(glob.charCodeAt(n));
    } else {
      const from = n;
      while (glob[n + 1] === '*') n += 1;
      states.push(n > from ? ACROSS : STAR);
    }
  }
  return Int32Array.from(states);
}

function makeWalk(states: Int32Array): (path: string) => boolean {
  const end = states.length;
  /** Step in which a state was last reached. Buffers are shared, because a walk never awaits. */
  const reachedAt = new Int32Array(end + 1);
  let now = new Int32Array(end + 1);
  let next = new Int32Array(end + 1);
  let count = 0;

  const reach = (first: number, step: number) => {
    for (let n = first; reachedAt[n] !== step; n += 1) {
      reachedAt[n] = step;
      next[count] = n;
      count += 1;
      const state = states[n];
      if (state === TREE_GATE) reach(n + 2, step);
      else if (state !== STAR && state !== ACROSS) return;
    }
  };

  return (path) => {
    reachedAt.fill(-1);
    count = 0;
    reach(0, 0);
    for (let n = 0; n < path.length; n += 1) {
      [now, next] = [next, now];
      const reached = count;
      const code = path.charCodeAt(n);
      count = 0;
      for (let m = 0; m < reached; m += 1) {
        const at = now[m]!;
        const state = states[at]; // undefined at the end, which leads nowhere
        if (state === code) reach(at + 1, n + 1);
        else if (state === ACROSS || (state === STAR && code !== SLASH)) reach(at, n + 1);
        else if (state === TREE_BODY) {
          reach(at, n + 1);
          if (code === SLASH) reach(at + 1, n + 1);
        }
      }
      if (count === 0) return false;
    }
    return reachedAt[end] === path.length;
  };
}
