/**
 * Room that is left is spent without loss: on suspects that nothing covers, then on CIDRs that can be
 * cut in two and cover less address space, the widest first. The programme itself stops where the sum
 * stops growing, and a choice by price where the next one would be too many.
 */
import type { Problem } from './prefix-price';

/** Sums of parts may differ from the whole in the last digits only. */
const DIGITS = 1e-9;

/** The nodes in the order of their addresses. */
export function fillRoom(problem: Problem, nodes: readonly number[]): number[] {
  const { tree, weight, capacity } = problem;
  const { claims, left, right, depth } = tree;
  const isTaken = new Uint8Array(tree.nodes);
  for (const node of nodes) isTaken[node] = 1;
  let room = capacity - nodes.length;
  if (room > 0) {
    const free = uncovered(problem, isTaken).slice(0, room);
    for (const node of free) isTaken[node] = 1;
    room -= free.length;
  }
  const byDepth: number[][] = Array.from({ length: 65 }, () => []);
  for (let node = claims; node < tree.nodes; node += 1) {
    if (isTaken[node] === 1) byDepth[depth[node]!]!.push(node);
  }
  for (const wide of byDepth) {
    for (const node of wide) {
      const parts = [left[node]!, right[node]!].filter((part) => weight[part]! > 0);
      const gain = parts.reduce((sum, part) => sum + weight[part]!, 0) - weight[node]!;
      if (parts.length - 1 > room || gain < -DIGITS * weight[node]!) continue;
      room -= parts.length - 1;
      isTaken[node] = 0;
      for (const part of parts) {
        isTaken[part] = 1;
        if (part >= claims) byDepth[depth[part]!]!.push(part);
      }
    }
  }
  return inOrder(problem, isTaken);
}

/** Suspects worth blocking that are in no taken node and hold none, the worst first. */
function uncovered({ tree, weight }: Problem, isTaken: Uint8Array): number[] {
  const { claims, left, right, upward, downward } = tree;
  const isCovered = isTaken.slice();
  const holds = isTaken.slice();
  for (const node of upward) {
    const [a, b] = [left[node]!, right[node]!];
    if ((a >= 0 && holds[a] === 1) || (b >= 0 && holds[b] === 1)) holds[node] = 1;
  }
  for (const node of downward) {
    if (isCovered[node] === 0) continue;
    if (left[node]! >= 0) isCovered[left[node]!] = 1;
    if (right[node]! >= 0) isCovered[right[node]!] = 1;
  }
  const found: number[] = [];
  for (let node = 0; node < claims; node += 1) {
    const isLeaf = left[node]! < 0;
    if (isLeaf && isCovered[node] === 0 && holds[node] === 0 && weight[node]! > 0) found.push(node);
  }
  return found.sort((a, b) => weight[b]! - weight[a]! || a - b);
}

function inOrder({ tree }: Problem, isTaken: Uint8Array): number[] {
  const { left, right, root } = tree;
  const found: number[] = [];
  const open = root < 0 ? [] : [root];
  while (open.length > 0) {
    const node = open.pop()!;
    if (isTaken[node] === 1) {
      found.push(node);
      continue;
    }
    if (right[node]! >= 0) open.push(right[node]!);
    if (left[node]! >= 0) open.push(left[node]!);
  }
  return found;
}
