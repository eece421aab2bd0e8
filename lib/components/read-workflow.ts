import { type Block, blocksIn, definition, type State } from '../machine-rules/definition.ts';
import { argumentOf, stepOf, throughTheDoor } from '../machine-rules/through-the-door.ts';

export type Workflow = {
  /** Its definition with its deadline. */
  readonly text: string;
  /** The functions its tasks invoke, by placeholder. */
  readonly invokes: readonly string[];
  /** What agents do in it: the state and the capability it asks for. */
  readonly steps: readonly { readonly name: string; readonly capability: string }[];
};

/**
 * Reads a workflow's definition and gives it its deadline. Throws one line for each promise it does not keep: agents
 * do its tasks by `${assign-task}`, its end is recorded by `${finish-run}`, and nothing goes round the door.
 */
export function readWorkflow(text: string, name: string, deadlineSeconds: number): Workflow {
  const parsed = JSON.parse(text) as unknown;
  const read = definition.safeParse(parsed);
  const states = read.success ? statesOf(read.data) : [];
  const invokes = [...new Set(states.flatMap(([, state]) => stepOf(state) ?? []))];
  const findings = [
    ...(read.error?.issues ?? []).map(({ path, message }) => `${path.join('/') || 'machine'}: ${message}`),
    ...states.flatMap(([where, state]) => throughTheDoor(state).map((reason) => `${where}: ${reason}`)),
    ...(read.success ? missing(invokes, read.data) : []),
  ];
  if (findings.length > 0) throw new Error(findings.map((line) => `workflow ${name}, ${line}`).join('\n'));
  const timed = { ...(parsed as object), TimeoutSeconds: deadlineSeconds };
  return { text: JSON.stringify(timed), invokes, steps: states.flatMap(taskOf) };
}

function missing(invokes: readonly string[], { TimeoutSeconds }: Block): readonly string[] {
  return [
    ...(invokes.includes('assign-task')
      ? []
      : ['machine: no agent does anything: no task invokes ${assign-task}']),
    ...(invokes.includes('finish-run') ? [] : ['machine: no end is recorded: no task invokes ${finish-run}']),
    ...(TimeoutSeconds === undefined
      ? []
      : ['machine: TimeoutSeconds: its deadline is set where it is deployed']),
  ];
}

function statesOf({ States }: Block): readonly (readonly [string, State])[] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as const,
    ...blocksIn(state).flatMap(statesOf),
  ]);
}

/** A capability that is computed is none the catalogue could name. */
function taskOf([name, state]: readonly [string, State]): Workflow['steps'] {
  const payload = stepOf(state) === 'assign-task' ? argumentOf(state, 'Payload') : undefined;
  const capability: unknown =
    typeof payload === 'object' && payload !== null ? Reflect.get(payload, 'capability') : undefined;
  return typeof capability === 'string' && /^[a-z0-9-]+$/.test(capability) ? [{ name, capability }] : [];
}
