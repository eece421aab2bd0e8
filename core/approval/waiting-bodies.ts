import * as z from 'zod';
import { ANSWER_LENGTH } from './question.ts';

/** What an agent may say while people decide about its action. */
export const withdrawBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });
export const answerBody = z.strictObject({
  question: z.int().min(1).describe('The number of the question in the action’s `questions`'),
  text: z.string().trim().min(1).max(ANSWER_LENGTH),
});
