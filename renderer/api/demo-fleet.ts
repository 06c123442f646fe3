/** Starting and stopping the demo fleet: a desktop favour, and the connections that it makes are read again. */
import { favours } from './client.ts';
import { queryClient } from './query-client.ts';

const readAgain = async (): Promise<void> => queryClient.invalidateQueries();

export const demoFleet = {
  start: async (): Promise<void> => {
    await favours.startDemo();
    await readAgain();
  },
  stop: async (): Promise<void> => {
    await favours.stopDemo();
    await readAgain();
  },
};
