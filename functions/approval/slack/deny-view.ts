import { plain, section } from './blocks.ts';

/** The most a reason may say. */
const REASON = 1000;

/** The form that asks for the reason of a no; it carries the value of the button that opened it. */
export const denyView = (tool: string, value: string) => ({
  type: 'modal' as const,
  callback_id: 'deny',
  private_metadata: value,
  title: plain('Deny this request', 24),
  submit: plain('Deny', 24),
  close: plain('Back', 24),
  blocks: [
    section(`${tool} is not carried out, and the requester is told why.`),
    {
      type: 'input' as const,
      block_id: 'reason',
      label: plain('Why? The agent and its sponsor read this.'),
      element: {
        type: 'plain_text_input' as const,
        action_id: 'reason',
        multiline: true,
        max_length: REASON,
      },
    },
  ],
});
