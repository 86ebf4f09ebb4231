import {errorMessage} from "../lib/errors.js";
import {scriptUrl} from "../lib/trustedTypes.js";
import type {OfflineMessage} from "../serviceWorker.js";
import {newVersionNote, offlineNote} from "./offlineNote.js";

/** Remembers that the reader does not want the site to be kept. */
const refusal = "albert-offline";

/**
 * Keeps a built site for use without a network, says so at the page's foot, and says when a newer
 * version is there. Does nothing for the reader's own build under `npm run dev`, which carries no
 * version, and where the browser has no service workers.
 *
 * @param root of the site
 */
export async function keepOffline(root: URL): Promise<void> {
  const version = document.querySelector<HTMLMetaElement>("meta[name=build]")?.content;
  const {serviceWorker} = navigator;
  if (!version || !serviceWorker) return;
  const prefix = `albert-site ${root.pathname} `;
  const note = offlineNote({
    async keep() {
      localStorage.removeItem(refusal);
      await register();
    },
    async forget() {
      localStorage.setItem(refusal, "no");
      const registration = await serviceWorker.getRegistration(root.href);
      await registration?.unregister();
      const names = (await caches.keys()).filter((name) => name.startsWith(prefix));
      await Promise.all(names.map((name) => caches.delete(name)));
      note.update({type: "forgotten"});
    }
  });
  document.querySelector("#observablehq-footer")?.append(note);
  let isTold = false;

  serviceWorker.addEventListener("message", ({data}: MessageEvent<OfflineMessage>) => {
    if (data.version === version) return note.update(data);
    if (data.type !== "kept" || isTold) return;
    isTold = true;
    document.body.append(newVersionNote(() => location.reload()));
  });
  serviceWorker.startMessages();

  function askWhenWhole(next: ServiceWorker | null): void {
    next?.addEventListener("statechange", function ask() {
      if (next.state !== "installed" && next.state !== "activated") return;
      next.removeEventListener("statechange", ask);
      if (localStorage.getItem(refusal) === null) next.postMessage("state");
    });
  }

  async function register(): Promise<void> {
    try {
      const script = scriptUrl(new URL("sw.js", root).href);
      const registration = await serviceWorker.register(script, {scope: root.pathname});
      if (!registration) return; // a browser that is told to block them says nothing
      (registration.waiting ?? registration.active)?.postMessage("state");
      // a new version is whole before it takes over, which waits for what the old one still answers
      registration.addEventListener("updatefound", () => askWhenWhole(registration.installing));
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") registration.update().catch(() => undefined);
      });
    } catch (error) {
      note.update({type: "failed", message: errorMessage(error)});
    }
  }

  if (localStorage.getItem(refusal) === null) await register();
  else note.update({type: "forgotten"});
}
