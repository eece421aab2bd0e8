import { join } from 'node:path';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AgentRole } from 'autonomy-os/components/agent-role';
import { AutonomyOs } from 'autonomy-os/components/autonomy-os';
import { GovernedTool } from 'autonomy-os/components/governed-tool';
import { GovernedWorkflow } from 'autonomy-os/components/governed-workflow';
import type { Construct } from 'constructs';

const here = import.meta.dirname;
const unit = 'logistics';
const text = { type: 'string' } as const;

type Props = StackProps & { readonly stage: string; readonly governance?: string };

/** What the logistics team adds to the company's Autonomy OS: two tools, a workflow, and the role of its agent. */
export class ShippingStack extends Stack {
  constructor(scope: Construct, id: string, { stage, governance, ...props }: Props) {
    super(scope, id, props);
    const os = new AutonomyOs(this, 'AutonomyOs', { stage, ...(governance && { governance }) });
    addTools(this, os);
    addWorkflow(this, os);
    new AgentRole(this, 'Clerk', {
      os,
      agent: 'agt_logistics_clerk',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
  }
}

const ours = { system: 'shipping', owner: 'ines-varga', version: '1.0.0' };

/** Two tools, one function: everybody may look, the team's own agents book. */
function addTools(scope: Construct, os: AutonomyOs): void {
  const track = new GovernedTool(scope, 'TrackParcel', {
    os,
    unit,
    tool: {
      ...ours,
      name: 'shipping.track_parcel',
      title: 'Track a parcel',
      description: 'Where a parcel is now.',
      shared: true,
      effect: 'read',
      groups: ['read'],
      input: { type: 'object', required: ['parcel'], properties: { parcel: text } },
    },
    runs: { code: Code.fromAsset(join(here, 'shipments')), handler: 'index.handler' },
  });
  const day = { ...text, description: 'ISO date' };
  new GovernedTool(scope, 'BookPickup', {
    os,
    unit,
    tool: {
      ...ours,
      name: 'shipping.book_pickup',
      title: 'Book a pickup',
      description: 'Has a carrier come on a day, once for each request.',
      effect: 'keyed',
      groups: ['write'],
      input: { type: 'object', required: ['parcel', 'day'], properties: { parcel: text, day } },
    },
    runs: track,
  });
}

function addWorkflow(scope: Construct, os: AutonomyOs): void {
  new GovernedWorkflow(scope, 'Shipment', {
    os,
    unit,
    name: 'shipment',
    title: 'Shipments',
    definition: join(here, 'shipment.asl.json'),
    deadline: Duration.days(3),
    baseline: {
      label: 'demonstration baseline',
      minutesPerRequest: '12',
      hourlyRate: { amount: '41.00', currency: 'EUR' },
      minutesPerTouch: '3',
      owner: 'ines-varga',
      source: 'Invented for the example; time your own shipments.',
      asOf: '2026-11-01',
    },
  });
}
