/** Before anything else of the thread is loaded, so that all of it takes its time from here. */
import { followTime } from '../../core/testing/movableTime.ts';

followTime();
