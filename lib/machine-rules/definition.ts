import * as z from 'zod';

const assign = z.record(z.string(), z.unknown()).optional();
const errors = { ErrorEquals: z.array(z.string()).min(1) };

const state = z.looseObject({
  Type: z.enum(['Task', 'Pass', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map']),
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONata', 'must be JSONata').optional(),
  Resource: z.string().optional(),
  TimeoutSeconds: z.unknown().optional(),
  Next: z.string().optional(),
  Default: z.string().optional(),
  Assign: assign,
  Retry: z.array(z.looseObject(errors)).default([]),
  Catch: z.array(z.looseObject({ ...errors, Next: z.string(), Assign: assign })).default([]),
  Choices: z.array(z.looseObject({ Next: z.string(), Assign: assign })).default([]),
  get ItemProcessor(): z.ZodOptional<typeof block> {
    return block.optional();
  },
  get Branches(): z.ZodDefault<z.ZodArray<typeof block>> {
    return z.array(block).default([]);
  },
});

const block = z.looseObject({
  StartAt: z.string(),
  ProcessorConfig: z.looseObject({ Mode: z.string().optional() }).optional(),
  get States() {
    return z.record(z.string(), state);
  },
});

/** A machine as far as rules read it: Amazon States Language, JSONata alone. */
export const definition = block.extend({
  Comment: z.string('say what the machine promises').min(1, 'say what the machine promises'),
  QueryLanguage: z.literal('JSONata', 'must be JSONata'),
});
export type Block = z.infer<typeof block>;
export type State = z.infer<typeof state>;

/** What is wrong with one state, each in words that stand after its name. */
export type Rule = (state: State) => readonly string[];

/** A state that stops until somebody sends its task token back. */
export const isWait = ({ Type, Resource }: State) =>
  Type === 'Task' && (Resource ?? '').endsWith('.waitForTaskToken');

/** The machines inside a Map or Parallel state. */
export const blocksIn = ({ ItemProcessor, Branches }: State): readonly Block[] => [
  ...(ItemProcessor ? [ItemProcessor] : []),
  ...Branches,
];
