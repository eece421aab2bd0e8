import * as z from 'zod';

/** Questions one approval may carry, and how long each of them and its answer may be. */
export const QUESTIONS = 20;
export const QUESTION_LENGTH = 500;
export const ANSWER_LENGTH = 2000;

/** What an approver wants to know first; the answer is in the agent's own words. */
export const question = z.object({
  person: z.string(),
  text: z.string(),
  at: z.iso.datetime(),
  answer: z.object({ text: z.string(), at: z.iso.datetime() }).optional(),
});
export type Question = z.infer<typeof question>;
