import { App } from 'aws-cdk-lib';
import { buildApp } from '../lib/build-app.ts';
import { readContext } from '../lib/read-context.ts';
import { SettingsError } from '../lib/settings.ts';

try {
  const app = new App();
  const { stage, overrides } = readContext(app.node.getAllContext());
  buildApp(app, stage, overrides);
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
}
