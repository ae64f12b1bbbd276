import first from './first.ts';
import later from './later.ts';

export default { ...first, ...later, launch: { ...first.launch, ...later.launch } };
