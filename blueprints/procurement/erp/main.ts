import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import * as z from 'zod';
import { createErp } from './erp.ts';
import { openSqliteStore } from './sqlite-store.ts';

/** The reference ERP as a program of its own: prints `{"url"}` when it answers and ends with its parent. */
const env = z
  .object({
    ERP_HOME: z.string().min(1),
    ERP_TOKEN: z.string().min(16),
    PORT: z.coerce.number().int().default(0),
  })
  .parse(process.env);

mkdirSync(env.ERP_HOME, { recursive: true });
const erp = createErp(openSqliteStore(join(env.ERP_HOME, 'erp.db')), {
  token: env.ERP_TOKEN,
  now: () => new Date(),
});
serve({ fetch: erp.fetch, port: env.PORT, hostname: '127.0.0.1' }, ({ port }) => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
});
process.stdin.resume().on('end', () => process.exit(0));
