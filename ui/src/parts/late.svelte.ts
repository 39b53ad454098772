// Under 300 ms nothing is said, then what is being waited for.

const PATIENCE = 300;

/** Whether what asked has stood for so long. Call it while a component is set up. */
export function late(): () => boolean {
  let passed = $state(false);
  $effect(() => {
    const timer = setTimeout(() => {
      passed = true;
    }, PATIENCE);
    return () => clearTimeout(timer);
  });
  return () => passed;
}
