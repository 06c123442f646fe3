/** Electron's safeStorage as the vault sees it. */
import { safeStorage } from 'electron';
import type { SystemSafe } from './vault.ts';

export const systemSafe: SystemSafe = {
  kind: () => {
    if (process.platform !== 'linux') return safeStorage.isEncryptionAvailable() ? 'keyring' : 'none';
    // SECURITY: `basic_text` encrypts with a key that everybody knows; `unknown` is what it says before it was looked for.
    const backend = safeStorage.getSelectedStorageBackend();
    if (backend === 'basic_text' || backend === 'unknown') return 'weak';
    return safeStorage.isEncryptionAvailable() ? 'keyring' : 'weak';
  },
  encrypt: (text, weak) => {
    if (weak) safeStorage.setUsePlainTextEncryption(true);
    return safeStorage.encryptString(text);
  },
  decrypt: (cipher, weak) => {
    if (weak) safeStorage.setUsePlainTextEncryption(true);
    return safeStorage.decryptString(cipher);
  },
};
