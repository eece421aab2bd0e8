import { App } from 'aws-cdk-lib';
import { buildApp } from '../lib/build-app.ts';

const app = new App();
buildApp(app, String(app.node.tryGetContext('stage') ?? 'dev'));
app.synth();
