import type { Reach } from '../../functions/aws/egress/reach.ts';
import { reachWith } from '../../functions/aws/egress/open-reach.ts';
import type { ReadSecret } from '../../functions/aws/secrets.ts';

/** The way out as a laptop has it: loopback is open, and names are `localhost` alone. */
export const laptopReach = (readSecret: ReadSecret = async () => ''): Reach =>
  reachWith({
    readSecret,
    resolve: async (host) => (host === 'localhost' ? ['127.0.0.1'] : []),
    loopback: true,
    now: () => new Date(),
  });
