import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/;

const options = z.object({
  endpoint: z.url(),
  input: z.string().refine(existsSync, { error: ({ input }) => `${String(input)} is no file` }),
  decide: z.enum(['approve', 'deny', 'none']),
  json: z.boolean(),
  keepRunning: z.boolean(),
  home: z.string(),
  /** Names this batch: the same batch again goes on rather than doubling. @default a hash of the file */
  batch: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .optional(),
  stage: z.string(),
  region: z.string(),
  /** ARN of the pilot stack's ERP function; without it the ERP runs on this machine. */
  erpFunction: z.string().startsWith('arn:', 'is no ARN').optional(),
});
export type PilotOptions = z.infer<typeof options>;

export const usage = `Feeds purchase requests through the procurement workflow and reports what became of them.

  --input FILE       CSV of requests (default: the pilot's own 60)
  --decide WHAT      approve | deny | none: what a scripted person does with each mail (default: none)
  --endpoint URL     the API; default $AUTONOMY_ENDPOINT
  --erp-function ARN the pilot stack's ERP (its output ErpFunctionArn); needed for a deployed stage
  --batch NAME       names this batch; the same name again goes on where it was (default: the file's own)
  --keep-running     keep ERP and agents running afterwards
  --json             one JSON object as the last line`;

/** Reads the options; a mistake is one line that says which and why. */
export function readOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): PilotOptions | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        endpoint: { type: 'string' },
        input: { type: 'string' },
        decide: { type: 'string' },
        batch: { type: 'string' },
        'erp-function': { type: 'string' },
        json: { type: 'boolean', default: false },
        'keep-running': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return usage;
    const parsed = options.safeParse({
      endpoint: values.endpoint ?? env['AUTONOMY_ENDPOINT'],
      input: values.input ?? join(import.meta.dirname, 'requests.csv'),
      decide: values.decide ?? 'none',
      json: values.json,
      keepRunning: values['keep-running'],
      home: env['AUTONOMY_HOME'] ?? '.autonomy',
      batch: values.batch,
      stage: env['AUTONOMY_STAGE'] ?? 'dev',
      region: env['AWS_REGION'] ?? 'us-east-1',
      erpFunction: values['erp-function'] ?? env['AUTONOMY_ERP_FUNCTION'],
    });
    if (parsed.success) return unfit(parsed.data) ?? parsed.data;
    return parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('\n');
  } catch (error) {
    return error instanceof Error ? error.message : 'the options can not be read; try --help';
  }
}

/** Why these options can't work together, if so. */
function unfit({ endpoint, erpFunction, decide }: PilotOptions): string | undefined {
  if (LOOPBACK.test(endpoint)) return undefined;
  if (!erpFunction) {
    return '--erp-function: a deployed stage reaches the ERP as a function: deploy with -c pilot=true and pass its output ErpFunctionArn';
  }
  return decide === 'none'
    ? undefined
    : '--decide: only the laptop has an inbox to read; people of a deployed stage decide from their own';
}
