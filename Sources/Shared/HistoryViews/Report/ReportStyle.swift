/// How a report looks: in light and dark, on a phone, and on paper.
enum ReportStyle {
  private static let heatLight = """
    --h0:#eaf4ee;--h1:#cfe8d8;--h2:#b7dfc2;--h3:#f6e6a4;--h4:#f3c45c;--h5:#ee8434;--h6:#d8432f;\
    --h7:#9c1224;--heat:#1c2128;--hot:#fff
    """
  private static let heatDark = """
    --h0:#16241e;--h1:#1b3629;--h2:#235239;--h3:#6a5b1c;--h4:#94701a;--h5:#b9651f;--h6:#cf4a38;\
    --h7:#ff5a5f;--heat:#dde4ec;--hot:#fff
    """

  static let css = """
    :root{\(PictureStyle.light);\(heatLight);color-scheme:light dark}
    @media(prefers-color-scheme:dark){:root{\(PictureStyle.dark);\(heatDark)}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--ink);\
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;\
    font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
    main{max-width:1080px;margin:0 auto;padding:24px 20px 48px}
    h1{font-size:26px;line-height:1.2;margin:0 0 4px}
    h2{font-size:22px;margin:44px 0 2px;padding-top:14px;border-top:3px solid var(--line);\
    overflow-wrap:anywhere}
    h3{font-size:17px;margin:34px 0 8px}
    p{margin:6px 0;max-width:74ch;overflow-wrap:anywhere}
    .dim,footer{color:var(--dim)}
    nav a{color:var(--line);margin-right:16px}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;\
    margin:14px 0}
    .tile{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:10px 12px}
    .tile b{display:block;font-size:21px;line-height:1.35;font-weight:650}
    .tile span{display:block;font-size:12.5px;color:var(--dim)}
    .hint{border-left:4px solid var(--z1);background:var(--card);padding:8px 14px;margin:8px 0;\
    border-radius:0 8px 8px 0}
    .hint p{margin:2px 0}
    table{border-collapse:collapse;width:100%;font-size:14px;margin:8px 0 14px}
    th{text-align:left;color:var(--dim);font-weight:600;font-size:12.5px}
    th,td{padding:5px 12px 5px 0;border-bottom:1px solid var(--rule);vertical-align:top;\
    overflow-wrap:anywhere}
    td.n,th.n{text-align:right;white-space:nowrap;padding-right:20px}td.t{white-space:nowrap}
    .zone{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
    figure{margin:14px 0 0}
    figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;\
    padding-left:46px;margin-bottom:4px}
    figcaption span{color:var(--dim);font-size:13px}
    .plot{position:relative;margin-left:46px}
    .plot svg,.strip{display:block;width:100%}
    .plot svg{height:100%;overflow:visible}
    .plot path,.key path{vector-effect:non-scaling-stroke}
    .y,.x,.r{position:absolute;font-size:12px;line-height:1;color:var(--dim);white-space:nowrap}
    .y{right:100%;margin:-6px 8px 0 0}
    .r{right:5px;margin-top:-15px;text-shadow:0 0 2px var(--ground),0 0 2px var(--ground),\
    0 0 4px var(--ground),0 0 4px var(--ground)}
    .strip{height:14px;margin-left:46px;width:calc(100% - 46px);margin-top:4px}
    .xs{position:relative;height:18px;margin:5px 0 0 46px}
    .x{transform:translateX(-50%)}.x.d{color:var(--ink);font-weight:600}
    .key{display:flex;flex-wrap:wrap;gap:4px 16px;padding-left:46px;font-size:12.5px;\
    color:var(--dim);margin-top:6px}
    .key i{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:5px;\
    vertical-align:-1px}
    .key i.b{height:0;border-top:2px solid var(--base);vertical-align:4px}
    .key i.l{height:0;border-top:2px dotted var(--dim);vertical-align:4px}
    .bar{display:flex;height:22px;border-radius:5px;overflow:hidden;margin:4px 0}
    .bar div{min-width:2px}
    .bg0{background:var(--z0)}.bg1{background:var(--z1)}.bg2{background:var(--z2)}\
    .bg3{background:var(--z3)}
    .shares{display:flex;flex-wrap:wrap;gap:2px 18px;font-size:13.5px;margin-bottom:12px}
    .heat{table-layout:fixed;border-collapse:separate;border-spacing:2px;margin:6px 0}
    .heat th,.heat td{border:0;padding:3px 0;text-align:center;font-size:12px;line-height:1.35;\
    white-space:nowrap;overflow-wrap:normal}
    .heat th:first-child{width:58px;text-align:left}
    .heat td{border-radius:3px;color:var(--heat);overflow:hidden}
    .heat .gap td,.heat .gap th{padding-top:3px;border-top:8px solid transparent;\
    background-clip:padding-box}
    .h0{background:var(--h0)}.h1{background:var(--h1)}.h2{background:var(--h2)}\
    .h3{background:var(--h3)}.h4{background:var(--h4)}.h5{background:var(--h5)}\
    .h6{background:var(--h6)}.h7{background:var(--h7)}
    .heat .h6,.heat .h7{color:var(--hot)}
    footer{margin-top:44px;border-top:1px solid var(--rule);padding-top:10px;font-size:13px;\
    overflow-wrap:anywhere}
    \(PictureStyle.shapes)
    @media(max-width:640px){
    main{padding:16px 14px 32px}
    .tiles{grid-template-columns:1fr 1fr}.tile b{font-size:18px}
    .rows,.rows tbody{display:block}.rows .titles,.rows td:empty{display:none}
    .rows tr{display:flex;flex-wrap:wrap;gap:0 14px;padding:6px 0;border-bottom:1px solid var(--rule)}
    .rows td{border:0;padding:0;text-align:left;white-space:normal}
    .rows td.t{flex-basis:100%;font-weight:600}
    .rows td.n::before{content:attr(data-name) " ";color:var(--dim)}
    .x.o,.minor{display:none}
    .heat{border-spacing:1px}.heat td{font-size:0;padding:0;height:17px;border-radius:2px}
    .heat th{font-size:10px}.heat th:first-child{width:42px}.heat .o{font-size:0}
    figcaption,.key{padding-left:0}
    }
    @media print{
    :root{\(PictureStyle.light);\(heatLight)}
    @page{margin:14mm}
    body{font-size:10pt}main{max-width:none;padding:0}
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    figure,.tile,.hint,tr,.bar{break-inside:avoid}h2,h3{break-after:avoid}
    h2{break-before:page}h2.first{break-before:auto}nav{display:none}
    }
    """
}
