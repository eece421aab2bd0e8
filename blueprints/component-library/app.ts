import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ShippingStack } from './shipping-stack.ts';

/** `npx cdk synth --app "node blueprints/component-library/app.ts" -c stage=prod` */
const app = new App();
const stage = String(app.node.tryGetContext('stage') ?? 'dev');
new ShippingStack(app, `Shipping-${stage}`, { stage, governance: join(import.meta.dirname, 'governance') });
app.synth();
