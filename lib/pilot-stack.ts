import { join } from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { bundling, root } from './governed-function.ts';
import { createLogs } from './logs.ts';
import type { Settings } from './settings.ts';

/** The reference ERP of the procurement pilot: a tool function with its own table, and the secret HTTP systems use. */
export class PilotStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { readonly settings: Settings }) {
    super(scope, id, props);
    const { stage } = props.settings;
    const table = new Table(this, 'Erp', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const logGroup = createLogs(this, 'ErpLogs', props.settings);
    const role = new Role(this, 'ErpRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        resources: [table.tableArn],
      }),
    );
    const erp = new NodejsFunction(this, 'ErpFunction', {
      functionName: `autonomy-${stage}-tool-erp`,
      entry: join(root, 'blueprints/procurement/erp/lambda.ts'),
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      logGroup,
      tracing: Tracing.ACTIVE,
      timeout: Duration.seconds(10),
      memorySize: 512,
      environment: { ERP_TABLE: table.tableName },
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      bundling: bundling(false),
    });
    const secret = new Secret(this, 'ErpSecret', {
      secretName: `autonomy/${stage}/system/erp`,
      description: 'Bearer token the door presents to the ERP',
    });
    new CfnOutput(this, 'ErpFunctionArn', { value: erp.functionArn });
    new CfnOutput(this, 'ErpSecretName', { value: secret.secretName });
  }
}
