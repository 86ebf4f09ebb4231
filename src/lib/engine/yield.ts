/**
 * Lets waiting messages in, then goes on. A message to oneself, because timers are slowed down in a
 * hidden tab and animation frames stop there altogether.
 */
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();
// Node would otherwise stay alive for the port.
(channel.port1 as unknown as {unref?(): void}).unref?.();

/** Node's own way: it empties one port, up to a thousand messages, before it looks at the next. */
const {setImmediate} = globalThis as {setImmediate?: (done: () => void) => void};

export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate) return setImmediate(resolve);
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
