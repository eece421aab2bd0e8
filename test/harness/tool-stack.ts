import { type App, Stack, Validations } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';

const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Answer',
  States: { Answer: { Type: 'Pass', Output: '{% {"ran": $states.context.Execution.Name} %}', End: true } },
};

/** What a team has beside the control plane for tools that are no functions: a machine and a bus, named as tools. */
export function addToolStack(app: App, stage: string): void {
  const stack = new Stack(app, 'Team');
  const role = new Role(stack, 'MachineRole', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
  new CfnStateMachine(stack, 'Machine', {
    stateMachineName: `autonomy-${stage}-tool-echo`,
    definitionString: JSON.stringify(definition),
    roleArn: role.roleArn,
  });
  new EventBus(stack, 'Bus', { eventBusName: `autonomy-${stage}-tool-echo` });
  for (const rule of ['SF1', 'SF2']) {
    const reason = 'It lives in a test, which sees what it does.';
    Validations.of(stack).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
  }
}

const place = (service: string, resource: string, stage: string) =>
  `arn:aws:${service}:us-east-1:000000000000:${resource}autonomy-${stage}-tool-echo`;

/** Tools of that stack by name; the door leaves the later ones to the executor. */
export const echoTools = { now: ['echo.run', 'echo.tell'], later: ['echo.run_later', 'echo.tell_later'] };

/** The pilot's governance with these tools, reviewed, for whom the pilot lets read its systems. */
export function withEchoTools(stage: string): (file: string, text: string) => string {
  const machineArn = place('states', 'stateMachine:', stage);
  const busArn = place('events', 'event-bus/', stage);
  const run = `{ type: workflow, machineArn: '${machineArn}' }`;
  const tell = `{ type: event, busArn: '${busArn}', detailType: told }`;
  const names = [...echoTools.now, ...echoTools.later];
  const tools = names.map(
    (name) => `---
kind: Tool
name: ${name}
title: Says that it was called
system: erp
effect: keyed
groups: [read, write]
connector: ${name.includes('run') ? run : tell}
input: { type: object, properties: {} }
timeoutSeconds: ${name.includes('later') ? 21 : 10}
`,
  );
  const reviews = names.map(
    (tool) => `---\nkind: ToolReview\ntool: ${tool}\neffect: keyed\ngroups: [read, write]\n`,
  );
  return (file, text) => {
    if (file.endsWith('tools.yaml')) return [text, ...tools].join('\n');
    return file.endsWith('systems.yaml') ? [text, ...reviews].join('\n') : text;
  };
}
