import { createConverter } from './convert-schema.ts';
import { type Imported, type Naming, proposeEach, wordsOf } from './proposal.ts';
import type { Json } from './schema-types.ts';

export type LambdaTool = {
  readonly functionArn: string;
  readonly input: Json;
  readonly output?: Json | undefined;
};

/** The function's own name in its ARN, without version or alias. */
export const functionNameOf = (arn: string) => /:function:([\w-]+)/.exec(arn)?.[1] ?? '';

/** Proposes one tool for a function, taken for a change that must not be repeated: nothing here can tell otherwise. */
export function importLambda({ functionArn, input, output }: LambdaTool, naming: Naming): Imported {
  const own = functionNameOf(functionArn);
  return proposeEach(
    [functionArn],
    (arn) => arn,
    () => ({
      operation: functionArn,
      tool: {
        kind: 'Tool',
        name: `${naming.prefix}.${wordsOf(own.replace(/^autonomy-[a-z0-9]+-tool-/, ''))}`,
        title: own,
        system: naming.system,
        effect: 'at-most-once',
        groups: ['write'],
        connector: { type: 'lambda', functionArn },
        input: createConverter(input, 'input')(input),
        ...(output && { output: createConverter(output, 'output')(output, 'output') }),
      },
      notes: [
        functionArn,
        'what it does can not be read from here: say what it is in title, description, effect and groups',
        ...(/^autonomy-[a-z0-9]+-tool-/.test(own)
          ? []
          : [
              'the door may call functions named autonomy-<stage>-tool-… alone, or its role must be extended',
            ]),
      ],
    }),
  );
}
