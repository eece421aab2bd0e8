import * as z from 'zod';

const id = z.string().min(1).max(64);
const user = z.object({ id, team_id: id.optional() });
const team = z.object({ id }).nullish();

const click = z.object({
  type: z.literal('block_actions'),
  user,
  team,
  trigger_id: z.string().max(500).optional(),
  response_url: z.string().max(500).optional(),
  actions: z
    .array(z.object({ action_id: z.string().max(255), value: z.string().max(2000).optional() }))
    .min(1)
    .max(10),
});
export type Click = z.infer<typeof click>;

const submission = z.object({
  type: z.literal('view_submission'),
  user,
  team,
  view: z.object({
    callback_id: z.string().max(255),
    private_metadata: z.string().max(3000),
    state: z.object({
      values: z.object({
        reason: z.object({ reason: z.object({ value: z.string().max(3000).nullish() }) }),
      }),
    }),
  }),
});
export type Submission = z.infer<typeof submission>;

const interaction = z.discriminatedUnion('type', [click, submission]);

/** What Slack delivered, of the two kinds we answer; `undefined` for anything else. */
export function readInteraction(body: string): z.infer<typeof interaction> | undefined {
  const payload = new URLSearchParams(body).get('payload');
  try {
    return interaction.safeParse(JSON.parse(payload ?? '')).data;
  } catch {
    return undefined;
  }
}

/** Whose doing it was: the user in the workspace they belong to. */
export const slackUserOf = ({ user, team }: Pick<Click, 'user' | 'team'>) => ({
  team: user.team_id ?? team?.id,
  user: user.id,
});
