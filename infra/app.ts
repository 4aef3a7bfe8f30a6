import { synthesizeDeployments } from './deployments.ts';

synthesizeDeployments();
