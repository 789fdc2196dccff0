/**
 * Resolves in the next turn of the event loop, behind the messages that have already arrived. A timer would do, but browsers
 * hold timers back for up to 4 ms, and a program that waits for stable storage would wait for that, too.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
