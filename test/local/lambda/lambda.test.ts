import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callAws } from '../fixtures/call-aws.ts';
import { Duration, eventually, resourceOf, startCloud, type TestCloud } from '../fixtures/start-cloud.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ stack, probe }) => {
    const probed = probe('Probe', { environment: { COLOUR: 'blue' } });
    const caller = probe('Caller');
    probed.grantInvoke(caller);
    probe('Stranger');
    probe('Hasty', { timeout: Duration.seconds(1) });
    probe('Broken', { handler: 'index.nothing' });
    const parked = new Queue(stack, 'Parked');
    probe('Frail', { retryAttempts: 0, onFailure: new SqsDestination(parked) });
  });
}, 60_000);
afterAll(() => test.stop());

describe('a function on the laptop', () => {
  it('sees its own settings and what Lambda adds, and nothing of the host', async () => {
    process.env['HOST_SECRET'] = 'must not leak';
    const environment = await test.ask('Probe', { do: 'environment' });
    expect(environment).toMatchObject({
      COLOUR: 'blue',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: test.cloud.url,
      AWS_LAMBDA_FUNCTION_NAME: resourceOf(test.cloud, 'Probe').ref,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/) as string,
      TZ: 'UTC',
    });
    expect(environment).not.toHaveProperty('HOST_SECRET');
    expect(environment).not.toHaveProperty('PATH');
  });

  it('gets a context with the time that is left', async () => {
    const context = (await test.ask('Probe', { do: 'context' })) as Record<string, unknown>;
    expect(context['functionName']).toBe(resourceOf(test.cloud, 'Probe').ref);
    expect(context['invokedFunctionArn']).toBe(resourceOf(test.cloud, 'Probe').arn);
    expect(context['remaining']).toBeGreaterThan(9_000);
    expect(context['remaining']).toBeLessThanOrEqual(10_000);
  });

  it('is warm the second time', async () => {
    const first = (await test.ask('Caller', { do: 'context' })) as { invocations: number };
    const second = (await test.ask('Caller', { do: 'context' })) as { invocations: number };
    expect(second.invocations).toBe(first.invocations + 1);
  });

  it('answers a thrown error as Lambda does', async () => {
    const FunctionName = resourceOf(test.cloud, 'Probe').ref;
    const reply = await test.lambda.send(new InvokeCommand({ FunctionName, Payload: '{"do":"throw"}' }));
    expect(reply.FunctionError).toBe('Unhandled');
    const error = JSON.parse(Buffer.from(reply.Payload ?? []).toString()) as Record<string, unknown>;
    expect(error).toMatchObject({ errorType: 'AskedFor', errorMessage: 'as asked' });
    expect(error['trace']).toContainEqual(expect.stringContaining('index.mjs'));
  });

  it('is killed at its time limit and runs afresh afterwards', async () => {
    const asked = test.ask('Hasty', { do: 'hang' });
    await expect(asked).rejects.toThrow(
      /"errorType":"Sandbox.Timedout","errorMessage":"RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds"/,
    );
    expect(await test.ask('Hasty', { do: 'context' })).toMatchObject({ invocations: 1 });
  });

  it('that ends its own process fails with Runtime.ExitError', async () => {
    await expect(test.ask('Probe', { do: 'exit' })).rejects.toThrow('Runtime.ExitError');
  });

  it('whose handler is not in its bundle says so', async () => {
    await expect(test.ask('Broken', {})).rejects.toThrow('index.nothing is undefined or not exported');
  });

  it('runs invocations side by side, one in each sandbox', async () => {
    const asked = Array.from({ length: 4 }, () => test.ask('Hasty', { do: 'hang' }).catch(() => 'timed out'));
    const began = Date.now();
    expect(await Promise.all(asked)).toEqual(Array(4).fill('timed out'));
    expect(Date.now() - began).toBeLessThan(3_500);
  });

  it('leaves every line it prints in its log file, in order', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    await test.ask('Probe', { do: 'print', lines });
    const name = resourceOf(test.cloud, 'Probe').ref;
    const file = join(test.directory, 'logs', `${name}.log`);
    const logged = await eventually('the lines', async () => {
      const found = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
      const printed = found.filter((line) => /Z line \d+$/.test(line));
      return printed.length === 50 ? printed : undefined;
    });
    expect(logged.map((line) => line.slice(25))).toEqual(lines);
  });
});

describe('invoking in a role’s name', () => {
  it('is allowed where its policy grants it', async () => {
    const input = { FunctionName: resourceOf(test.cloud, 'Probe').arn, Payload: '{"do":"context"}' };
    expect(await test.ask('Caller', { do: 'aws', call: 'Invoke', input })).toMatchObject({ StatusCode: 200 });
  });

  it('is refused elsewhere, naming action, resource and role', async () => {
    const { arn } = resourceOf(test.cloud, 'Probe');
    const input = { FunctionName: arn, Payload: '{}' };
    const { arn: role } = resourceOf(test.cloud, 'StrangerServiceRole');
    expect(await test.ask('Stranger', { do: 'aws', call: 'Invoke', input })).toEqual({
      error: 'AccessDeniedException',
      message: `User: ${role} is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no identity-based policy allows the lambda:InvokeFunction action`,
    });
    expect(test.cloud.iam.usage().refusals).toContainEqual({
      role: expect.stringMatching(/^Test\/StrangerServiceRole/) as string,
      action: 'lambda:InvokeFunction',
      resource: arn,
    });
  });
});

describe('an asynchronous invocation', () => {
  it('is accepted at once and runs soon', async () => {
    const FunctionName = resourceOf(test.cloud, 'Probe').ref;
    const reply = await test.lambda.send(
      new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: '{"hello":"later"}' }),
    );
    expect(reply.StatusCode).toBe(202);
    await eventually('the event', async () =>
      (await test.kept('Probe')).find((each) => JSON.stringify(each) === '{"hello":"later"}'),
    );
  });

  it('that has failed for good goes to its destination', async () => {
    const FunctionName = resourceOf(test.cloud, 'Frail').ref;
    const Payload = '{"do":"throw"}';
    await test.lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
    const body = await eventually('the parked event', () => receive(test, 'Parked'));
    expect(body).toMatchObject({
      requestPayload: { do: 'throw' },
      responsePayload: { errorType: 'AskedFor' },
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
    });
  });
});

/** The next message of a queue, taken as the administrator. */
async function receive(from: TestCloud, queue: string): Promise<unknown> {
  const answer = await callAws(from.cloud, 'sqs', 'AmazonSQS.ReceiveMessage', {
    QueueUrl: resourceOf(from.cloud, queue).ref,
  });
  const { Messages = [] } = answer as { Messages?: { Body: string }[] };
  return Messages[0] && (JSON.parse(Messages[0].Body) as unknown);
}
