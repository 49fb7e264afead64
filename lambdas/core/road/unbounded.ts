import type { AudienceLimits } from '../audience/audience';

/** For an audience that something else bounds. */
export const UNBOUNDED: AudienceLimits = {
  viewersPerAddressMax: Number.MAX_SAFE_INTEGER,
  waitingPerAddressMax: Number.MAX_SAFE_INTEGER,
  viewersMax: Number.MAX_SAFE_INTEGER,
  waitingMax: Number.MAX_SAFE_INTEGER,
};
