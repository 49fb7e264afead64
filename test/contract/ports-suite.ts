import { describeBlobStore } from './blob-suite';
import { describeJournalStore } from './journal-suite';
import { describeLaneStore } from './lane-suite';
import { describeNotes } from './notes-suite';
import { describePackets } from './packet-suite';
import { describeViews } from './views-suite';
import type { World } from './world';

/** All suites of the ports, in one world. */
export function describePorts(world: World): void {
  describeJournalStore(world);
  describeLaneStore(world);
  describeBlobStore(world);
  describeViews(world);
  describeNotes(world);
  describePackets(world);
}
