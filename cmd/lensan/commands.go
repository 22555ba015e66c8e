package main

import "github.com/spf13/cobra"

// commands are all commands, in the order of the help page. A command stands
// here only when it works.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.upCommand(),
		a.importCommand(),
		a.planCommand(),
		a.syncCommand(),
		a.reconcileCommand(),
		a.statusCommand(),
		a.runsCommand(),
		a.cancelCommand(),
		a.retryCommand(),
		a.revertCommand(),
		a.pauseCommand(),
		a.resumeCommand(),
		a.decisionsCommand(),
		a.historyCommand(),
		a.exportCommand(),
		a.doctorCommand(),
		a.marketplacesCommand(),
		a.producersCommand(),
		a.renameSKUCommand(),
		a.workerCommand(),
		a.serveCommand(),
		a.migrateCommand(),
		a.sandboxCommand(),
		a.backupCommand(),
		a.restoreCommand(),
		a.userCommand(),
		a.configCommand(),
		a.versionCommand(),
	}
}
