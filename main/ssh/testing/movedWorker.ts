/** The thread of a connection whose time moves with that of a test: the product's own, with its timers put behind `followTime` first. */
import './movedTimers.ts';
import '../worker/connectionWorker.ts';
