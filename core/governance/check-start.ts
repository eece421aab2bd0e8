import type { ToolManifest } from './tool.ts';

/** How machines and buses that tools may reach are named; the door may reach no others. */
const TOOL_NAME = /^autonomy-[a-z0-9]+-tool-[A-Za-z0-9_-]+$/;

/** What a tool that starts something must be: with an effect, and named as what the door may reach. */
export function checkStart({ connector, effect }: ToolManifest): string[] {
  const starts = starting[connector.type];
  if (starts === undefined) return [];
  const reads = effect === 'read' ? [`effect: ${starts}, so it is keyed or at-most-once`] : [];
  return [...reads, ...checkName(connector)];
}

const starting: Readonly<Partial<Record<ToolManifest['connector']['type'], string>>> = {
  workflow: 'a workflow starts something',
  agent: 'another agent is set to work',
  event: 'an event sets off what listens to it',
};

function checkName(connector: ToolManifest['connector']): string[] {
  if (connector.type === 'workflow') {
    const [name = '', ...version] = connector.machineArn.split(':stateMachine:')[1]?.split(':') ?? [];
    if (version.length > 0)
      return ['machineArn: names the machine alone, without a version: its executions are found by it'];
    return TOOL_NAME.test(name) ? [] : [`machineArn: ${name} is not named autonomy-<stage>-tool-…`];
  }
  if (connector.type !== 'event') return [];
  const name = connector.busArn.split(':event-bus/')[1] ?? '';
  return TOOL_NAME.test(name) ? [] : [`busArn: ${name} is not named autonomy-<stage>-tool-…`];
}
