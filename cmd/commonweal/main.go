package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"commonweal/rule"
	"commonweal/vf"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes; scripts rely on them.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 3
	exitDamaged = 4
)

// program is what every command has at hand: the streams, the clock, and the
// flags that all commands share.
type program struct {
	Data  string `help:"Folder of the books." env:"COMMONWEAL_DATA" default:"data"`
	Store string `help:"Address of a PostgreSQL database with the books, in place of the folder: postgres://USER@HOST:PORT/DATABASE?network=NAME. The key stays in the folder." env:"COMMONWEAL_STORE" placeholder:"ADDRESS"`
	JSON  bool   `help:"Print JSON for programs instead of tables for people." name:"json"`
	As    vf.ID  `help:"Who acts: the id of an agent; the network itself if left out." env:"COMMONWEAL_AS"`
	Key   string `help:"Name of this act: the same act sent again with the same key happens once. Made new if left out."`

	ByCharter bool   `help:"Act with the rights that the charter gives to --as, instead of those of whoever holds the folder and its key." env:"COMMONWEAL_BY_CHARTER"`
	SignWith  string `help:"File with a key of --as, as declare key makes it: the act is signed with it, so that nobody else could have written it." env:"COMMONWEAL_SIGN_WITH" placeholder:"FILE"`

	Wait time.Duration `help:"How long an act waits while another commonweal writes the same books; reading never waits." env:"COMMONWEAL_WAIT" default:"10s"`

	Config string `help:"File of settings, in YAML: a line for each flag, such as “listen: localhost:9000”." env:"COMMONWEAL_CONFIG"`

	ctx  context.Context
	in   io.Reader
	out  io.Writer
	err  io.Writer
	now  func() time.Time
	file *settings // nil where none is named
}

// commands is the command line.
type commands struct {
	program

	Init     initCommand     `cmd:"" group:"begin" help:"Begin the books of a network in a new data folder."`
	Import   importCommand   `cmd:"" group:"begin" help:"Take a network file or spreadsheets into the books."`
	Plan     planCommand     `cmd:"" group:"plan" help:"Plan what is in the books, or in files."`
	Why      whyCommand      `cmd:"" group:"plan" help:"Explain how a need is covered, or why it is late or short."`
	Whatif   whatifCommand   `cmd:"" group:"plan" help:"Plan with other facts, and hold the plans against each other."`
	Diff     diffCommand     `cmd:"" group:"plan" help:"What an act changed in the plan, why, and whom it concerns."`
	Forward  forwardCommand  `cmd:"" group:"plan" help:"Something came in: where it can go."`
	Messages messagesCommand `cmd:"" group:"plan" help:"What somebody could do so that promises fit what is needed."`
	Declare  declareCommand  `cmd:"" group:"act" help:"Say what is needed, offered, or how a thing is made."`
	Change   changeCommand   `cmd:"" group:"act" help:"Say a record anew."`
	Withdraw withdrawCommand `cmd:"" group:"act" help:"Take needs, offers or other records back."`
	Commit   commitCommand   `cmd:"" group:"act" help:"Promise: take up a need, an offer or work."`
	Adopt    adoptCommand    `cmd:"" group:"act" help:"Enter what a plan proposes as open work, with the facts that it rests on."`
	Release  releaseCommand  `cmd:"" group:"act" help:"Give promises back."`
	Record   recordCommand   `cmd:"" group:"act" help:"Enter what happened."`
	Finish   finishCommand   `cmd:"" group:"act" help:"Say that no more will be done on something."`
	Correct  correctCommand  `cmd:"" group:"act" help:"Put an event right that was entered wrongly."`
	Stock    stockCommand    `cmd:"" group:"look" help:"What there is, where, and whose."`
	Trace    traceCommand    `cmd:"" group:"look" help:"Where a thing came from."`
	Track    trackCommand    `cmd:"" group:"look" help:"What became of a thing."`
	Charter  charterCommand  `cmd:"" group:"look" help:"Who may do what, as agreed."`
	May      mayCommand      `cmd:"" group:"look" help:"Whether somebody may do something, and by which clause."`
	Journal  journalCommand  `cmd:"" group:"look" help:"Every act, in order."`
	Verify   verifyCommand   `cmd:"" group:"look" help:"Check that nobody changed the books behind the program's back."`
	Export   exportCommand   `cmd:"" group:"keep" help:"Write the books for other programs."`
	Backup   backupCommand   `cmd:"" group:"keep" help:"Copy the books while they are in use."`
	Restore  restoreCommand  `cmd:"" group:"keep" help:"Begin a data folder from a backup."`
	Move     moveCommand     `cmd:"" group:"keep" help:"Carry a network from a data folder into a database, or back."`
	Erase    eraseCommand    `cmd:"" group:"keep" help:"Forget what is known about persons."`
	Signing  signingCommand  `cmd:"" group:"keep" help:"Change the key that signs."`
	Serve    serveCommand    `cmd:"" group:"serve" help:"Serve networks to people and programs."`
	Config   configCommand   `cmd:"" group:"serve" help:"What is in force when serving, and where it was said."`
	Version  versionCommand  `cmd:"" group:"keep" help:"Print the version."`
}

var groups = []kong.Group{
	{Key: "begin", Title: "Begin"}, {Key: "plan", Title: "Plan"}, {Key: "act", Title: "Act"}, {Key: "look", Title: "Look"}, {Key: "keep", Title: "Keep"}, {Key: "serve", Title: "Serve"},
}

// exited carries the exit code of --help out of the parser.
type exited int

// run is the whole program: it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) (code int) {
	c := &commands{program: program{ctx: ctx, in: in, out: out, err: errs, now: time.Now}}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exited)
			if !ok {
				panic(r)
			}
			code = int(e)
		}
	}()
	parser, err := kong.New(c, kong.Name("commonweal"), kong.Writers(out, errs), kong.ExplicitGroups(groups),
		kong.Description("Plan production for need across networks of independent groups, and keep their books."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Exit(func(code int) { panic(exited(code)) }))
	if err != nil {
		fmt.Fprintln(errs, "commonweal:", err)
		return exitFailed
	}
	withoutEmpty(parser.Model)
	if len(args) == 0 {
		args = []string{"--help"}
	}
	for _, arg := range args {
		if !utf8.ValidString(arg) { // the parser would put other letters in their place
			return c.report(rule.Refuse("brokenText", "kind", args[0]))
		}
	}
	k, err := parser.Parse(args)
	if err != nil {
		var usage *kong.ParseError
		if errors.As(err, &usage) && len(refusalsIn(err)) == 0 {
			return c.report(&usageError{err.Error()})
		}
		return c.report(err)
	}
	c.Data = cmp.Or(c.Data, "data") // also where --data says nothing
	return c.report(k.Run(&c.program))
}
