import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import { ACCOUNT, REGION, type Resource } from '../service.ts';
import { readProperties, readResources } from '../template/read-properties.ts';

/** What may become of a mail that was taken, by SES's word for it in an event destination. */
export const happenings = ['bounce', 'complaint', 'reject', 'renderingFailure'] as const;
export type Happening = (typeof happenings)[number];

const set = z.strictObject({
  Name: z.string().optional(),
  Tags: z.unknown().optional(),
  /** Mail goes nowhere on the laptop, so there is no connection to encrypt. */
  DeliveryOptions: z.strictObject({ TlsPolicy: z.enum(['REQUIRE', 'OPTIONAL']).optional() }).optional(),
});

const destination = z.strictObject({
  ConfigurationSetName: z.string(),
  EventDestination: z.strictObject({
    Name: z.string().optional(),
    Enabled: z.boolean(),
    MatchingEventTypes: z.array(z.enum(happenings)),
    EventBridgeDestination: z.strictObject({ EventBusArn: z.string() }),
  }),
});

/** The configuration sets of the template, each with what it tells the default bus of. */
export type ConfigurationSets = ReadonlyMap<string, ReadonlySet<Happening>>;

export const configurationSetArn = (name: string) =>
  `arn:aws:ses:${REGION}:${ACCOUNT}:configuration-set/${name}`;

export function readConfigurationSets(resources: readonly Resource[]): ConfigurationSets {
  const told = new Map<string, Set<Happening>>();
  for (const { resource } of readResources(resources, 'AWS::SES::ConfigurationSet', set))
    told.set(resource.ref, new Set());
  const destinations = resources.filter(({ type }) => type === 'AWS::SES::ConfigurationSetEventDestination');
  for (const resource of destinations) {
    const { ConfigurationSetName, EventDestination } = readProperties(resource, destination);
    const { Enabled, MatchingEventTypes, EventBridgeDestination } = EventDestination;
    if (!EventBridgeDestination.EventBusArn.endsWith(':event-bus/default')) {
      throw new BootError(`${resource.stack}/${resource.logicalId}: SES tells the default bus alone`);
    }
    if (Enabled) for (const each of MatchingEventTypes) told.get(ConfigurationSetName)?.add(each);
  }
  return told;
}
