import first from './first.ts';
import later from './later.ts';

export default {
  ...first,
  ...later,
  app: { ...first.app, ...later.app },
  launch: { ...first.launch, ...later.launch },
};
