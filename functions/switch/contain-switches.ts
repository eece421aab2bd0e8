import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { containAll } from './contain-all.ts';

const env = readEnvironment('contain-switches', process.env);
const registry = connectRegistry(env);

export const handler = async () => containAll({ registry, now: () => new Date() });
