import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clientSettings,
  eventually,
  resourceOf,
  startCloud,
  type TestCloud,
} from '../fixtures/start-cloud.ts';
import { machine, waiting } from './run-machine.ts';

let test: TestCloud;
const clients = new Map<string, SFNClient>();
beforeAll(async () => {
  test = await startCloud(({ stack, probe }) => {
    const work = probe('Work');
    const ask = { ...waiting({ End: true }) };
    const definition = machine({
      Ask: { ...ask, Arguments: { ...ask.Arguments, FunctionName: work.functionArn } },
    });
    const definitionBody = DefinitionBody.fromString(JSON.stringify(definition));
    const approval = new StateMachine(stack, 'Approval', { definitionBody });
    work.grantInvoke(approval);
    new StateMachine(stack, 'Powerless', { definitionBody });
    const caller = probe('Caller');
    approval.grantStartExecution(caller);
    approval.grantRead(caller);
    approval.grantTaskResponse(caller);
    probe('Stranger');
  });
  for (const id of ['Caller', 'Stranger']) clients.set(id, await clientOf(id));
  clients.set('administrator', new SFNClient(clientSettings(test.cloud)));
}, 60_000);
afterAll(async () => {
  for (const client of clients.values()) client.destroy();
  await test.stop();
});

/** A client that signs as a function of the template does. */
async function clientOf(id: string): Promise<SFNClient> {
  const environment = (await test.ask(id, { do: 'environment' })) as Record<string, string>;
  const credentials = {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(environment['AWS_SESSION_TOKEN'] && { sessionToken: environment['AWS_SESSION_TOKEN'] }),
  };
  return new SFNClient({ ...clientSettings(test.cloud), credentials });
}

const as = (who: string): SFNClient => {
  const client = clients.get(who);
  if (!client) throw new Error(`no client for ${who}`);
  return client;
};
const start = (who: string, id: string, name: string) =>
  as(who).send(
    new StartExecutionCommand({ stateMachineArn: resourceOf(test.cloud, id).arn, name, input: `"${name}"` }),
  );
const tokenFor = (name: string) =>
  eventually(`the token of ${name}`, async () => {
    const kept = (await test.kept('Work')) as { token: string; asks: string }[];
    return kept.find(({ asks }) => asks === name)?.token;
  });
const ended = (who: string, executionArn: string | undefined) =>
  eventually('the end', async () => {
    const execution = await as(who).send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  });

describe('Step Functions in the cloud', () => {
  it('runs for whoever was granted it, from the start to the answer, as the SDK asks', async () => {
    const { executionArn, startDate } = await start('Caller', 'Approval', 'granted');
    const taskToken = await tokenFor('granted');
    await as('Caller').send(new SendTaskSuccessCommand({ taskToken, output: '{"approved":true}' }));
    const { status, output, stopDate } = await ended('Caller', executionArn);
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '{"approved":true}' });
    expect(stopDate?.getTime()).toBeGreaterThan(startDate?.getTime() ?? Infinity);
    const { events = [] } = await as('Caller').send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events.map(({ type }) => type)).toContain('TaskSucceeded');
    expect(events.at(-1)?.timestamp).toBeInstanceOf(Date);
  });

  it('refuses a role without the right, naming action, resource and role', async () => {
    const { arn } = resourceOf(test.cloud, 'Approval');
    const { arn: role } = resourceOf(test.cloud, 'StrangerServiceRole');
    await expect(start('Stranger', 'Approval', 'refused')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${role} is not authorized to perform: states:StartExecution on resource: ${arn} because no identity-based policy allows the states:StartExecution action`,
    });
  });

  it('takes no answer from a role that may not give it, and goes on waiting', async () => {
    const { executionArn } = await start('Caller', 'Approval', 'answered');
    const taskToken = await tokenFor('answered');
    const answer = new SendTaskSuccessCommand({ taskToken, output: '1' });
    await expect(as('Stranger').send(answer)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await as('administrator').send(answer);
    expect(await ended('Caller', executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '1' });
  });

  it('fails a task whose machine may not call its function', async () => {
    const { executionArn } = await start('administrator', 'Powerless', 'powerless');
    const { status, error, cause } = await ended('administrator', executionArn);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'Lambda.AWSLambdaException' });
    expect(cause).toContain('is not authorized to perform: lambda:InvokeFunction');
  });
});
