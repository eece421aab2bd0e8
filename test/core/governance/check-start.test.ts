import { describe, expect, it } from 'vitest';
import { checkStart } from '../../../core/governance/check-start.ts';
import { checkConnector } from '../../../core/governance/check-connector.ts';
import type { ToolManifest } from '../../../core/governance/tool.ts';
import { someTool } from '../../harness/tools.ts';

const machine = (name: string) =>
  ({ type: 'workflow', machineArn: `arn:aws:states:us-east-1:111122223333:stateMachine:${name}` }) as const;
const bus = (name: string) =>
  ({
    type: 'event',
    busArn: `arn:aws:events:us-east-1:111122223333:event-bus/${name}`,
    detailType: 'order.wanted',
  }) as const;
const agent = { type: 'agent', capability: 'buying' } as const;
const reasons = (connector: ToolManifest['connector'], effect: ToolManifest['effect'] = 'keyed') =>
  checkStart(someTool({ connector, effect })).map((reason) => reason.split(':')[0]);

describe('a tool that starts something', () => {
  it.each([machine('autonomy-dev-tool-ship'), bus('autonomy-prod-tool-shop'), agent])(
    'has an effect: %j',
    (connector) => {
      expect(reasons(connector, 'keyed')).toEqual([]);
      expect(reasons(connector, 'at-most-once')).toEqual([]);
      expect(reasons(connector, 'read')).toEqual(['effect']);
      expect(checkConnector(someTool({ connector, effect: 'read' }), undefined)).toHaveLength(1);
    },
  );

  it.each([
    [machine('shipping'), 'machineArn'],
    [machine('my-autonomy-dev-tool-ship'), 'machineArn'],
    [machine('autonomy-dev-tool-'), 'machineArn'],
    [machine('autonomy-dev-tool-*'), 'machineArn'],
    [machine('autonomy-dev-tool-ship:7'), 'machineArn'],
    [bus('default'), 'busArn'],
    [bus('autonomy-dev-bus'), 'busArn'],
    [bus('autonomy-dev-tool-a/b'), 'busArn'],
  ])('is named as the door may reach it: %j', (connector, field) => {
    expect(reasons(connector)).toEqual([field]);
  });
});
