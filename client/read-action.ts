import { type ActionView, viewedAction } from '../core/action/action-view.ts';
import { errorOf } from './send.ts';

/** Reads an answer about an action. A denial carries its action inside the problem: it is read as an outcome. */
export async function readAction(response: Response): Promise<ActionView> {
  if (response.ok) return viewedAction.parse(await response.json());
  const error = await errorOf(response);
  const denied = viewedAction.safeParse(error.problem['action']);
  if (denied.success) return denied.data;
  throw error;
}
