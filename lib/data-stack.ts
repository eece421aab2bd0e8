import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** Everything that must outlive a deployment: registry, audit log, releases, keys, the bus. */
export class DataStack extends Stack {
  readonly dataKey: Key;
  readonly tokenKey: Key;
  readonly registry: Table;
  readonly audit: Table;
  readonly auditStreamArn: string;
  readonly releases: Bucket;
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: StackProps & { readonly settings: Settings }) {
    super(scope, id, props);
    const kept = keeping(props.settings);
    this.dataKey = new Key(this, 'DataKey', {
      enableKeyRotation: true,
      ...kept,
      description: 'Encrypts registry and audit log',
    });
    this.tokenKey = new Key(this, 'TokenKey', {
      keySpec: KeySpec.ECC_NIST_EDWARDS25519,
      keyUsage: KeyUsage.SIGN_VERIFY,
      description: 'Signs access tokens of agents',
      ...kept,
    });
    this.registry = registryTable(this, this.dataKey, props.settings);
    this.audit = auditTable(this, this.dataKey, props.settings);
    this.auditStreamArn = streamOf(this.audit);
    this.releases = new Bucket(this, 'Releases', {
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [forgetDecisions(props.settings)],
    });
    this.bus = new EventBus(this, 'Bus', { eventBusName: `autonomy-${props.settings.stage}` });
  }
}

const keeping = ({ keepData }: Settings) => ({
  removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
});

/** Decisions are kept for replay so long; releases have no rule and stay. */
const forgetDecisions = ({ decisionDays }: Settings) => ({
  id: 'forget-decisions',
  prefix: 'decisions/',
  expiration: Duration.days(decisionDays),
  noncurrentVersionExpiration: Duration.days(1),
});

function tableProps(key: Key, settings: Settings) {
  return {
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: settings.keepData,
    ...keeping(settings),
  };
}

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** One table of rows `pk`/`sk`; sparse indexes for what is open, claimable and listed. */
function registryTable(scope: Construct, key: Key, settings: Settings): Table {
  const table = new Table(scope, 'Registry', {
    ...tableProps(key, settings),
    partitionKey: text('pk'),
    sortKey: text('sk'),
    timeToLiveAttribute: 'ttl',
  });
  const indexes = {
    open: ['openKind', 'openSince'],
    work: ['workQueue', 'workSince'],
    list: ['listKind', 'listKey'],
  } as const;
  for (const [indexName, [partition, sort]] of Object.entries(indexes)) {
    const projectionType = ProjectionType.ALL;
    table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: text(partition),
      sortKey: text(sort),
      projectionType,
    });
  }
  return table;
}

function streamOf(table: Table): string {
  if (table.tableStreamArn === undefined) throw new Error(`${table.node.path} has no stream`);
  return table.tableStreamArn;
}

/** One event per version of a subject; its stream drives everything that reacts. */
function auditTable(scope: Construct, key: Key, settings: Settings): Table {
  return new Table(scope, 'Audit', {
    ...tableProps(key, settings),
    partitionKey: text('subject'),
    sortKey: { name: 'version', type: AttributeType.NUMBER },
    stream: StreamViewType.NEW_IMAGE,
  });
}
