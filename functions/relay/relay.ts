import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { readEnvironment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createMachines, machineArns } from '../aws/machines.ts';
import { createFigures } from '../aws/metrics.ts';
import { createRecordedDecisions } from '../aws/recorded-decisions.ts';
import { createReader } from '../aws/registry.ts';
import { keepEnded } from './keep-ended.ts';
import { publish } from './publish.ts';
import { relayBatch, type RelayDeps } from './relay-batch.ts';

const env = readEnvironment('relay', process.env);
const bus = { client: new EventBridgeClient({}), name: env.EVENT_BUS_NAME, stage: env.STAGE };
const recorded = createRecordedDecisions(new S3Client({}), env.RELEASES_BUCKET);

const registry = createReader(new DynamoDBClient({}), env.REGISTRY_TABLE);

const deps: RelayDeps = {
  registry,
  machines: createMachines(new SFNClient({})),
  approvalMachine: env.APPROVAL_MACHINE_ARN,
  workflowMachine: machineArns(env.WORKFLOW_MACHINE_ARNS),
  log: createLog(),
  keep: async (events) => {
    await Promise.all([recorded.keep(events), keepEnded({ registry, recorded }, events)]);
  },
  publish: (events) => publish(bus, events),
  figures: createFigures(env.STAGE),
};

export const handler = (batch: DynamoDBStreamEvent) => relayBatch(deps, batch);
