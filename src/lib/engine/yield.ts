/**
 * Lets waiting messages in, then goes on. A message to oneself, because timers are slowed down in a
 * hidden tab and animation frames stop there altogether.
 */
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();
// Node would otherwise stay alive for the port.
(channel.port1 as unknown as {unref?(): void}).unref?.();

export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
