/** A recipe at half the learning rate, for a run that diverged. */
export function slowerRecipe<R extends {optimizer: {learning_rate: number}}>(recipe: R): R {
  const {optimizer} = recipe;
  return {...recipe, optimizer: {...optimizer, learning_rate: optimizer.learning_rate / 2}};
}
