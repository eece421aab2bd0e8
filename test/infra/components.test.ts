import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccountPrincipal, AnyPrincipal, CompositePrincipal, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { AgentRole } from 'autonomy-os/components/agent-role';
import { AutonomyOs } from 'autonomy-os/components/autonomy-os';
import { GovernedTool, type GovernedToolProps } from 'autonomy-os/components/governed-tool';
import { GovernedWorkflow } from 'autonomy-os/components/governed-workflow';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ShippingStack } from '../../blueprints/component-library/shipping-stack.ts';
import { readGovernance } from '../../client/governance-files.ts';
import { ofKind } from '../../core/governance/manifest.ts';
import { agentManifest } from '../../core/agent/agent.ts';
import { toolCallers } from '../../lib/control-exports.ts';
import { checkGovernance } from '../../functions/governance/check-governance.ts';
import { asText, statement, statementsOf, textOf } from './statements.ts';
import { synthesized } from './synthesis.ts';

const root = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'autonomy-components-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** CommonJS without types. It writes into what it is given. */
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
  readonly isValid: boolean;
  readonly errorsText: () => string;
};

const resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const template = z.object({ Resources: z.record(z.string(), resource) });
const policy = z.object({
  PolicyDocument: z.object({ Statement: z.array(statement) }),
  Roles: z.array(z.unknown()),
});
const report = z.object({
  pluginReports: z.array(
    z.object({ pluginName: z.string(), conclusion: z.string(), violations: z.array(z.unknown()) }),
  ),
});

let made = 0;
const newApp = () =>
  new App({
    outdir: join(directory, String(made++)),
    analyticsReporting: false,
    context: { '@aws-cdk/core:validationReportJson': true },
  });

/** What a stack's template grants: role → actions on resources, references in words. */
function read(app: App, stackName: string) {
  const { directory: outdir } = app.synth();
  const text = readFileSync(join(outdir, `${stackName}.template.json`), 'utf8');
  const { Resources } = template.parse(JSON.parse(text));
  const ofType = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type);
  const grants = ofType('AWS::IAM::Policy').flatMap(({ Properties }) => {
    const { PolicyDocument, Roles } = policy.parse(Properties);
    return PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
      Roles.map((role) => ({ role: textOf(role), Action, on: Resource.map(textOf) })),
    );
  });
  const heldBy = (name: RegExp) =>
    grants.filter(({ role }) => name.test(role)).map(({ Action, on }) => ({ Action, on }));
  return { text, outdir, ofType, grants, heldBy };
}

/** The example as a team has it: its stack, and its governance directory. */
function example() {
  const governance = join(directory, 'governance');
  cpSync(join(root, 'blueprints/component-library/governance'), governance, { recursive: true });
  const app = newApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  new ShippingStack(app, 'Shipping', { stage: 'dev', governance });
  return { governance, ...read(app, 'Shipping') };
}

describe('the example app', () => {
  const shipping = example();
  const variables = {
    REGION: 'eu-central-1',
    ACCOUNT: '111122223333',
    CLERK_ROLE: 'arn:aws:iam::111122223333:role/Shipping-ClerkRole-1A2B3C',
    SHIPMENT_MACHINE: 'arn:aws:states:eu-central-1:111122223333:stateMachine:ShipmentMachine-1A2B3C',
  };

  it('passes the AWS Solutions checks', () => {
    const { pluginReports } = report.parse(
      JSON.parse(readFileSync(join(shipping.outdir, 'validation-report.json'), 'utf8')),
    );
    expect(pluginReports.find(({ pluginName }) => pluginName === 'AwsSolutions')).toMatchObject({
      conclusion: 'success',
      violations: [],
    });
  });

  it('imports what the control plane exports, and nothing else of it', () => {
    const control = JSON.stringify(synthesized('dev').templates.Control?.['Outputs']);
    const imported = [...shipping.text.matchAll(/"Fn::ImportValue": "([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(imported).size).toBe(8);
    for (const name of imported) expect(control).toContain(`"Export":{"Name":"${name}"}`);
  });

  it('names the tool’s function as the door may call it', () => {
    expect(shipping.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({ FunctionName: 'autonomy-dev-tool-shipping-track-parcel', Timeout: 10 }),
    ]);
    expect(shipping.heldBy(/autonomy-dev-(actions|execute-action)-role/)).toEqual([]);
  });

  it('lets the agent’s role ask for this agent’s tokens and nothing else', () => {
    expect(shipping.heldBy(/^<ClerkRole/)).toEqual([
      {
        Action: ['execute-api:Invoke'],
        on: [
          'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<autonomy-dev-api-id>/$default/POST/v1/agents/agt_logistics_clerk/token',
        ],
      },
    ]);
    for (const { Properties } of shipping.ofType('AWS::IAM::Role')) {
      for (const field of ['Path', 'RoleName', 'Policies', 'ManagedPolicyArns'])
        expect(Properties).not.toHaveProperty(field);
    }
  });

  it('lets the control plane run this machine, and the machine invoke its own steps', () => {
    const [machine] = shipping.ofType('AWS::StepFunctions::StateMachine');
    const own = [expect.stringMatching(/^<ShipmentMachine\w+>$/)];
    const runs = {
      Action: ['states:StartExecution', 'states:SendTaskSuccess', 'states:SendTaskFailure'],
      on: own,
    };
    const looks = {
      Action: ['states:DescribeExecution'],
      on: [expect.stringMatching(/:execution:<ShipmentMachine\w+\.Name>:\*$/)],
    };
    expect(shipping.heldBy(/autonomy-dev-relay-role/)).toEqual([runs]);
    expect(shipping.heldBy(/autonomy-dev-reconcile-role/)).toEqual([runs, looks]);
    expect(shipping.heldBy(/autonomy-dev-assign-task-role/)).toEqual([
      { Action: ['states:SendTaskSuccess', 'states:SendTaskFailure'], on: own },
    ]);
    expect(shipping.heldBy(/autonomy-dev-await-action-role/)).toEqual([
      { Action: ['states:SendTaskSuccess'], on: own },
    ]);
    const invokes = shipping
      .heldBy(/^<ShipmentMachineRole/)
      .filter(({ Action }) => Action.includes('lambda:InvokeFunction'));
    const steps = ['assign-task', 'await-action', 'finish-run'].map((name) => `<autonomy-dev-${name}-arn>`);
    expect(invokes.map(({ on }) => on)).toEqual([steps]);
    expect(asText(machine?.Properties['DefinitionString'])).toMatch(/"TimeoutSeconds":259200\}$/);
    expect(machine?.Properties['LoggingConfiguration']).toMatchObject({ IncludeExecutionData: false });
  });

  it('writes manifests that governance takes as they are, beside the team’s own', () => {
    const body = readGovernance(shipping.governance, variables);
    const { findings, placed, bundle } = checkGovernance(body);
    expect(findings).toEqual([]);
    const name = 'arn:aws:lambda:eu-central-1:111122223333:function:autonomy-dev-tool-shipping-track-parcel';
    const connector = { type: 'lambda', functionArn: name };
    expect(bundle.tools).toMatchObject([
      { name: 'shipping.book_pickup', unit: 'logistics', effect: 'keyed', groups: ['write'], connector },
      { name: 'shipping.track_parcel', unit: 'logistics', owner: 'ines-varga', version: '1.0.0', connector },
    ]);
    expect(ofKind(placed, 'Workflow').map(({ manifest }) => manifest)).toMatchObject([
      {
        id: 'shipment',
        machine: variables.SHIPMENT_MACHINE,
        steps: [{ name: 'Book the pickup', capability: 'pickup-booking' }],
      },
    ]);
  });

  it('leaves no manifest behind of what left the stack, and no other file alone', () => {
    const kept = join(shipping.governance, 'units/logistics/unit.yaml');
    const notOurs = join(shipping.governance, 'units/sales');
    cpSync(join(shipping.governance, 'units/logistics'), notOurs, { recursive: true });
    writeFileSync(join(notOurs, 'Shipping.yaml'), '# Written by hand\n');
    const app = newApp();
    const stack = new Stack(app, 'Shipping');
    const os = new AutonomyOs(stack, 'Os', { stage: 'dev', governance: shipping.governance });
    const assumedBy = new ServicePrincipal('lambda.amazonaws.com');
    new AgentRole(stack, 'Clerk', { os, agent: 'agt_logistics_clerk', assumedBy });
    app.synth();
    expect(existsSync(join(shipping.governance, 'units/logistics/Shipping.yaml'))).toBe(false);
    expect([kept, join(notOurs, 'Shipping.yaml')].map(existsSync)).toEqual([true, true]);
  });
});

const library = () => {
  const app = newApp();
  const stack = new Stack(app, 'Team', { env: { region: 'eu-central-1', account: '111122223333' } });
  const os = new AutonomyOs(stack, 'Os', { stage: 'prod', apiId: 'a1b2c3d4e5' });
  return { app, stack, os };
};
const tool: GovernedToolProps['tool'] = {
  name: 'crm.find_customer',
  title: 'Find a customer',
  system: 'crm',
  effect: 'read',
  groups: ['read'],
  input: { type: 'object', properties: {} },
};

describe('GovernedTool', () => {
  const anyFunction = (stack: Stack) =>
    Function.fromFunctionArn(stack, 'Crm', 'arn:aws:lambda:eu-central-1:111122223333:function:crm');
  const governed = (props: Partial<GovernedToolProps>) => {
    const { app, stack, os } = library();
    new GovernedTool(stack, 'Tool', { os, unit: 'sales', tool, runs: anyFunction(stack), ...props });
    return { ...read(app, 'Team') };
  };

  it('lets the door call a function of another name, and no other role', () => {
    const { grants, outdir } = governed({});
    const on = ['arn:aws:lambda:eu-central-1:111122223333:function:crm'];
    expect(grants).toEqual(
      toolCallers.map((name) => ({
        role: `<autonomy-prod-${name}-role>`,
        Action: ['lambda:InvokeFunction'],
        on,
      })),
    );
    const written = readFileSync(join(outdir, 'governance/units/sales/Team.yaml'), 'utf8');
    expect(written).toContain('functionArn: ${CRM_FIND_CUSTOMER_ARN}');
  });

  it('knows every function of the control plane that calls tools', () => {
    const callers = statementsOf(synthesized('dev'))
      .filter(({ Resource }) =>
        Resource.some((each) => asText(each)?.endsWith(':function:autonomy-dev-tool-*')),
      )
      .flatMap(({ roles }) => roles);
    const named = (role: string) =>
      role
        .replace(/Role\w+$/, '')
        .replace(/(?<=[a-z])[A-Z]/g, '-$&')
        .toLowerCase();
    expect(callers.map(named).sort()).toEqual([...toolCallers].sort());
  });

  it.each<[string, Partial<GovernedToolProps>, string]>([
    ['an effect nobody knows', { tool: { ...tool, effect: 'write' as never } }, 'Tool: effect: '],
    ['no group', { tool: { ...tool, groups: [] } }, 'Tool: groups: '],
    ['a name that is none', { tool: { ...tool, name: 'find customer' } }, 'Tool: name: '],
    ['no description of its input', { tool: { ...tool, input: undefined as never } }, 'Tool: input: '],
    ['a field there is not', { tool: { ...tool, further: { efect: 'read' } } }, '"efect"'],
    ['the centre’s layer', { unit: 'coe' }, 'unit coe: name the business unit'],
    ['a way out of the directory', { unit: '../coe' }, 'unit ../coe: name the business unit'],
  ])('is not made with %s', (_, props, message) => {
    expect(() => governed(props)).toThrow(message);
  });
});

describe('AgentRole', () => {
  const agentRole = (agent: string, assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com')) => {
    const { app, stack, os } = library();
    const role = new AgentRole(stack, 'Clerk', { os, agent, assumedBy });
    return { role, app };
  };

  it('is bound to the API and agent it is made for', () => {
    const { app, role } = agentRole('agt_clerk');
    expect(read(app, 'Team').heldBy(/^<ClerkRole/)).toMatchObject([
      {
        on: [
          'arn:<AWS::Partition>:execute-api:eu-central-1:111122223333:a1b2c3d4e5/$default/POST/v1/agents/agt_clerk/token',
        ],
      },
    ]);
    expect(role.workload).toBe(role.role.roleArn);
  });

  it.each(['*', 'agt_*', 'agt_a/../*', 'clerk', ''])('is no role for the agent %j', (agent) => {
    expect(() => agentRole(agent)).toThrow('is no agent id');
  });

  it.each([
    new AnyPrincipal(),
    new CompositePrincipal(new AccountPrincipal('111122223333'), new AnyPrincipal()),
  ])('may not be assumed by everybody', (everybody) => {
    expect(() => agentRole('agt_clerk', everybody as never)).toThrow('assumedBy names everybody');
  });
});

describe('GovernedWorkflow', () => {
  type Json = Record<string, unknown>;
  const definition = JSON.parse(
    readFileSync(join(root, 'blueprints/component-library/shipment.asl.json'), 'utf8'),
  ) as Json & { States: Record<string, Json & { Arguments: Json }> };
  const { 'Book the pickup': book, 'Record the outcome': record } = definition.States;
  const having = (states: Json): Json => ({ ...definition, States: { ...definition.States, ...states } });
  const workflow = (machine: Json) => {
    const file = join(directory, `${made++}.asl.json`);
    writeFileSync(file, JSON.stringify(machine));
    const { stack, os } = library();
    return new GovernedWorkflow(stack, 'Shipment', {
      os,
      unit: 'logistics',
      name: 'shipment',
      title: 'Shipments',
      definition: file,
      deadline: Duration.hours(2),
      baseline: {
        label: 'By hand',
        minutesPerRequest: '30',
        hourlyRate: { amount: '60', currency: 'USD' },
        minutesPerTouch: '3',
        owner: 'vera',
        source: 'a stopwatch',
        asOf: '2026-01-01',
      },
    });
  };

  it('is made of a machine that keeps every rule, and is valid Amazon States Language', () => {
    expect(() => workflow(definition)).not.toThrow();
    const { isValid, errorsText } = validate(structuredClone(definition));
    expect(isValid, errorsText()).toBe(true);
  });

  it.each<[string, Json, string]>([
    [
      'writes to a table past the door',
      having({ 'Record the outcome': { ...record, Resource: 'arn:aws:states:::dynamodb:putItem' } }),
      'Record the outcome: uses arn:aws:states:::dynamodb:putItem',
    ],
    [
      'invokes a function by its ARN',
      having({ 'Record the outcome': { ...record, Arguments: { FunctionName: 'arn:aws:lambda:x' } } }),
      'Record the outcome: names no function by placeholder',
    ],
    [
      'gives a task token to a function of its own',
      having({ 'Book the pickup': { ...book, Arguments: { ...book?.Arguments, FunctionName: '${mine}' } } }),
      'Book the pickup: gives a task token to mine',
    ],
    [
      'does not wait for its agent',
      having({ 'Book the pickup': { ...book, Resource: 'arn:aws:states:::lambda:invoke' } }),
      'Book the pickup: does not wait for assign-task',
    ],
    [
      'hides it in a Map',
      having({
        'Record the failure': {
          Comment: 'One each.',
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'Mail',
            States: {
              Mail: {
                Comment: 'Past the door.',
                Type: 'Task',
                Resource: 'arn:aws:states:::aws-sdk:ses:sendEmail',
                TimeoutSeconds: 5,
                End: true,
              },
            },
          },
          End: true,
        },
      }),
      'Mail: uses arn:aws:states:::aws-sdk:ses:sendEmail',
    ],
    [
      'asks no agent',
      having({
        'Book the pickup': { ...book, Arguments: { ...book?.Arguments, FunctionName: '${await-action}' } },
      }),
      'no agent does anything',
    ],
    [
      'sets a deadline of its own',
      { ...definition, TimeoutSeconds: 9 },
      'its deadline is set where it is deployed',
    ],
    [
      'has a wait without a way out',
      having({ 'Book the pickup': { ...book, Catch: [] } }),
      'shipment.asl.json, Book the pickup: waits and nobody catches its deadline',
    ],
    [
      'asks for a function nobody gave',
      having({ 'Record the outcome': { ...record, Arguments: { FunctionName: '${mine}' } } }),
      'asks for unknown functions: mine',
    ],
  ])('is not made of a machine that %s', (_, machine, message) => {
    expect(() => workflow(machine)).toThrow(message);
  });

  it('is not made of a machine that records no end', () => {
    const endless = JSON.parse(
      JSON.stringify(definition).replaceAll('${finish-run}', '${await-action}'),
    ) as Json;
    expect(() => workflow(endless)).toThrow('no end is recorded');
  });
});

describe('the package', () => {
  const exported = z
    .object({ exports: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).exports;

  it('is found under the names it exports, by Node itself', () => {
    const { resolve } = createRequire(import.meta.url);
    for (const [name, file] of Object.entries(exported))
      expect(resolve(name.replace('.', 'autonomy-os'))).toBe(join(root, file));
    expect(() => resolve('autonomy-os/core/change.ts')).toThrow('not defined by "exports"');
  });

  it('takes agents by the name their workload has', () => {
    expect(
      agentManifest.shape.workloads.safeParse(['arn:aws:iam::111122223333:role/Team-ClerkRole-1A2B']).success,
    ).toBe(true);
  });
});
