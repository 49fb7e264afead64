import { ProblemError } from '../../lambdas/api/problem';
import { type ViewsSource, makeViewsSource } from '../../lambdas/api/views-source';
import { type DeploymentOptions, withDeployment } from './deployment';
import { ToldError } from './deployment-failure';
import { UsageError } from './errors';
import { readSettings } from './recount';

export interface ViewsPlace extends DeploymentOptions {
  readonly config?: string;
}

/** Does work with the figures of a deployment; what cannot be answered is said as the API says it. */
export async function withViews<T>(
  options: ViewsPlace,
  now: () => number,
  work: (source: ViewsSource) => Promise<T>,
): Promise<T> {
  const settings = readSettings(options.config);
  return withDeployment(options, async (deployment) => {
    const [reader, contents] = [await deployment.views(), await deployment.contents()];
    try {
      return await work(makeViewsSource({ reader, contents, settings, now }));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      throw error.status === 400 ? new UsageError(error.message) : new ToldError(error.message);
    }
  });
}
