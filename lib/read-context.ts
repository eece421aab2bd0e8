import * as z from 'zod';
import { type Overrides, SettingsError, stageNames } from './settings.ts';

const context = z.looseObject({
  stage: z.string().default('dev'),
  /** Stage → what the team overrides of it. */
  autonomy: z.partialRecord(z.enum(stageNames), z.record(z.string(), z.unknown())).optional(),
});

/** CDK's own context keys hold a colon, a slash or a dash; whatever is a plain word is meant for us. */
const setting = /^[A-Za-z]\w*$/;

/**
 * Which stage is meant and what the team overrides of it: `-c name=value` before `autonomy.<stage>` in cdk.json.
 * Throws `SettingsError`.
 */
export function readContext(found: unknown): {
  readonly stage: string;
  readonly overrides: Overrides;
} {
  const parsed = context.safeParse(found);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SettingsError(`context ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { stage, autonomy, ...rest } = parsed.data;
  const flags = Object.entries(rest).filter(([name]) => setting.test(name));
  const given = Object.fromEntries(flags.map(([name, value]) => [name, readFlag(value)]));
  return { stage, overrides: { ...autonomy?.[stage], ...given } };
}

/** A command line knows only text: true, false and whole numbers become what they say. */
function readFlag(value: unknown): unknown {
  return typeof value === 'string' && /^(true|false|\d+)$/.test(value) ? JSON.parse(value) : value;
}
